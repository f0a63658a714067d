"""What sanctions lists say, whatever their format. Import from here."""

from trade.rules.sanction_lists.read import SOURCES, read_files, read_list
from trade.rules.sanction_lists.values import ListError, ParsedList, ParsedParty

__all__ = ["SOURCES", "ListError", "ParsedList", "ParsedParty", "read_files", "read_list"]
