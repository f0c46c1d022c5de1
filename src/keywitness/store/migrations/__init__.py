"""The versions of the tables, one file each, in order. A file that was released is never changed again."""
