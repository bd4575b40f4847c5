"""The warehouse folder: its database, lock, archive and memory, and what disks do to them."""

from loyalty.warehouse.folder import SYSTEM_TABLES, Warehouse

__all__ = ["SYSTEM_TABLES", "Warehouse"]
