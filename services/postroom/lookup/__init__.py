"""Asked by others, never carries mail: where addresses go, what tables and name servers say."""
