"""Google Sheets as the trade log, by gspread. Nothing else in the tree knows Google."""
