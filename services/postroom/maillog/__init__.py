"""Every line of the mail log is a function here; its text is Postfix's, its fields are ours."""
