"""Papers that travel with a parcel, as PDF: plain values in, bytes out."""
