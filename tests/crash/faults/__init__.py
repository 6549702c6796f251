"""Any system call fails: nothing acknowledged is lost, and the service returns."""
