"""The front desk: watches the inbox, carries documents, and is the command line."""
