"""Papers: kept, and made as PDF and DOCX from templates that an agency may replace.

Making is for the job alone, in a child process: no other process loads WeasyPrint.
"""
