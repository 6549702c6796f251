"""Stories: one per file, told on machines with real systemd, the package installed by apt."""
