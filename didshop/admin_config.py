"""Has Django's admin use our site. (Beside it, since a site cannot be imported before the apps.)"""

from django.contrib.admin.apps import AdminConfig


class ShopAdminConfig(AdminConfig):
    default_site = "didshop.admin_site.ShopAdminSite"
