"""`start-module org_xenproject_zeus.service`: the add-on's D-Bus service."""

from pyanaconda.modules.common import init

init()  # before anything of the service is imported: it sets up logging and the locale

from zeus_installer.addon.service.zeus import ZeusService  # noqa: E402

ZeusService().run()
