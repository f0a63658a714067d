"""What people type: about their listings, and at the open desk."""
