"""Organisations, their members and invitations: where they answer."""

from django.urls import path

from accounts.team import api, invitation_pages, pages

api_urlpatterns = [
    path("organizations", api.OrganizationsView.as_view(), name="api-organizations"),
    path(
        "organizations/current",
        api.CurrentOrganizationView.as_view(),
        name="api-organizations-current",
    ),
    path("members", api.MembersView.as_view(), name="api-members"),
    path("members/leave", api.LeaveView.as_view(), name="api-members-leave"),
    path("members/hand-over", api.HandOverView.as_view(), name="api-members-hand-over"),
    path("members/<uuid:member_id>", api.MemberView.as_view(), name="api-member"),
    path("invitations", api.InvitationsView.as_view(), name="api-invitations"),
    path("invitations/accept", api.AcceptView.as_view(), name="api-invitations-accept"),
    path("invitations/<uuid:invitation_id>", api.InvitationView.as_view(), name="api-invitation"),
    path(
        "invitations/<uuid:invitation_id>/resend",
        api.ResendView.as_view(),
        name="api-invitation-resend",
    ),
]

page_urlpatterns = [
    path("team/", pages.members, name="members"),
    path("team/roles/", pages.role_table, name="roles"),
    path("team/settings/", pages.settings, name="settings"),
    path("team/new/", pages.create, name="create"),
    path("team/switch/", pages.switch, name="switch"),
    path("team/leave/", pages.depart, name="leave"),
    path("team/hand-over/", pages.give_away, name="hand_over"),
    path("team/members/<uuid:member_id>/role/", pages.member_role, name="member_role"),
    path("team/members/<uuid:member_id>/remove/", pages.member_remove, name="member_remove"),
    path(
        "team/invitations/<uuid:invitation_id>/resend/",
        pages.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "team/invitations/<uuid:invitation_id>/revoke/",
        pages.invitation_revoke,
        name="invitation_revoke",
    ),
    path("invitations/", invitation_pages.invited, name="invited"),
    path("invitations/<str:token>/", invitation_pages.open_link, name="invitation"),
]
