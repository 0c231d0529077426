"""The memory storage that services share."""

from monitoring_as_code import Counter, Gauge, Label, Labels, bytes_, label, operations


class Storages(Labels):
    """Which storage."""

    storage_type: Label[str] = label(at_most=10)


class StorageOperations(Storages):
    """Which storage, and what was done."""

    operation: Label[str] = label(at_most=10)


memory_size = Gauge(name="memory_storage_size_bytes", help="Size of what is stored.", unit=bytes_, labels=Storages, least=0)

memory_operations = Counter(name="memory_operations_total", help="Operations on the storage.", unit=operations, labels=StorageOperations)
