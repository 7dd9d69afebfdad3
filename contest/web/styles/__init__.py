"""The style sheets: written as small files, sent as one."""
