"""People and their accounts: signing in and out, invitations, sign-up, links, profile."""
