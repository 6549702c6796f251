"""What makes, changes and queries lookup tables: postmap, postalias and newaliases."""
