"""Bytes and pictures: blobs, images, QR codes, plaques."""
