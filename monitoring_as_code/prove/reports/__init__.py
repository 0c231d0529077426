"""What was proved, in words and pictures for people, and in forms for programs. Each report is a text; nothing here prints."""
