"""Office Open XML packages: Word, Excel and PowerPoint, and old Word documents by way of LibreOffice."""
