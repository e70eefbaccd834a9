"""What the SYSPRO plugin set's tap and targets share: messages, commits, signals, retries, redaction."""
