"""The e.net REST service: sessions, and reading tables by the business objects COMFND and COMFCH."""

from syspro_sandbox.syspro.enet.service import EnetService

__all__ = ["EnetService"]
