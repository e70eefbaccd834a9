"""What the stand-in remembers: everything lies in one SQLite database and survives a restart."""
