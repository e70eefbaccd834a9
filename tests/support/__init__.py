"""What the cross-package tests share."""
