"""What waits for the person who signed in, and the organizer's desk."""
