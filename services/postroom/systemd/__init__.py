"""What a component and systemd say to each other; nothing of ours imported."""
