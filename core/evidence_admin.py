"""How are rows shown that are evidence?  They are looked at: nobody adds, changes or deletes them by hand."""

from typing import Any

from django.http import HttpRequest


class Evidence:
    """Before any ModelAdmin or inline, in the list of what a class is made of."""

    actions: Any = []

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False
