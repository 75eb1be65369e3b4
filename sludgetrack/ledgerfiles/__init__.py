"""Reading ledger files: a folder of CSV or one workbook in, typed rows and findings out. No database."""
