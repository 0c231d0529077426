"""Rules whose findings come from elsewhere, from loading, the build or files of others: here are their pages only."""
