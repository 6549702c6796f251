"""What smtpd asks others: tables, destinations, names. Answers are kept for a second."""
