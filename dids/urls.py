"""Where numbers are found, read and changed."""

from django.urls import path

from dids import api, pages

api_urlpatterns = [
    path("numbers", api.NumberListView.as_view(), name="api-numbers"),
    path("numbers/search", api.NumberSearchView.as_view(), name="api-number-search"),
    path("numbers/pricing", api.PricingView.as_view(), name="api-number-pricing"),
    path("numbers/countries", api.CountriesView.as_view(), name="api-number-countries"),
    path("numbers/area-codes", api.AreaCodesView.as_view(), name="api-number-area-codes"),
    path("numbers/types", api.NumberTypesView.as_view(), name="api-number-types"),
    path("numbers/<uuid:number_id>", api.NumberView.as_view(), name="api-number"),
    path(
        "numbers/<uuid:number_id>/configure",
        api.NumberConfigureView.as_view(),
        name="api-number-configure",
    ),
    path(
        "numbers/<uuid:number_id>/restore",
        api.NumberRestoreView.as_view(),
        name="api-number-restore",
    ),
]
page_urlpatterns = [
    path("find/", pages.find, name="search"),
    path("find/samples/", pages.samples, name="samples"),
    path("numbers/", pages.number_list, name="list"),
    path("numbers/<uuid:number_id>/", pages.number_detail, name="detail"),
    path("numbers/<uuid:number_id>/release/", pages.number_release, name="release"),
    path("numbers/<uuid:number_id>/restore/", pages.number_restore, name="restore"),
]
