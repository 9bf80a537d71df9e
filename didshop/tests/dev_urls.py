"""The shop's URLs as they are in development, whenever they were loaded."""

from didshop import dev_mail, urls

urlpatterns = [*dev_mail.urlpatterns, *urls.urlpatterns]
handler404 = urls.handler404
