"""What the dashboard's variables have chosen, as matchers."""

from ..monitoring import Target
from ..requests import Http

service = Http.service.matches("$service")
instance = Target.instance.matches("$instance")
route = Http.route.matches("$route")
