"""report.html: one self-contained page with the company's figures, for people without a BI tool."""
