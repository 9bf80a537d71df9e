"""`/api/v1/organizations`, `/members` and `/invitations`: parse, call one verb, serialise.

All of it is for people: no scope of an API key reaches here.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Invitation, Membership
from accounts.organizations import current, membership, user_of
from accounts.permissions import IsPerson
from accounts.rights import Right
from accounts.team.invitations import (
    accept_invitation,
    invite,
    open_invitations,
    resend_invitation,
    revoke_invitation,
)
from accounts.team.members import change_role, hand_over, leave, remove_member
from accounts.team.organizing import create_organization, rename_organization
from accounts.team.reading import members_of, places_of
from accounts.team.serializers import (
    AcceptSerializer,
    HandOverSerializer,
    InvitationSerializer,
    MemberSerializer,
    NewInvitationSerializer,
    OrganizationNameSerializer,
    OrganizationSerializer,
    RoleSerializer,
)
from didshop.schema import refusal
from didshop.serializers import checked


class OrganizationsView(ListAPIView[Membership]):
    """Your organisations, the newest place first."""

    permission_classes = (IsPerson,)
    serializer_class = OrganizationSerializer
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        return places_of(user_of(self.request))

    @extend_schema(operation_id="organizations", summary="Your organisations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every organisation that you are in, and as what."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="organizations_create",
        summary="Open an organisation",
        request=OrganizationNameSerializer,
        responses={201: OrganizationSerializer, 409: refusal("TOO_MANY_ORGANIZATIONS")},
    )
    def post(self, request: Request) -> Response:
        """You own it. Act for it with `X-Organization`."""
        given = checked(OrganizationNameSerializer, request.data)
        place = create_organization(actor=user_of(request), **given)
        return Response(OrganizationSerializer(place).data, status=201)


class CurrentOrganizationView(APIView):
    rights = {"GET": Right.TEAM_READ, "PATCH": Right.ORGANIZATION_WRITE}

    @extend_schema(
        operation_id="organizations_current",
        summary="The organisation that you act for",
        responses={200: OrganizationSerializer},
    )
    def get(self, request: Request) -> Response:
        """The one that `X-Organization` names, else your first."""
        return Response(OrganizationSerializer(membership(request)).data)

    @extend_schema(
        operation_id="organizations_rename",
        summary="Rename the organisation",
        request=OrganizationNameSerializer,
        responses={200: OrganizationSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Give it another name."""
        place = membership(request)
        given = checked(OrganizationNameSerializer, request.data)
        place.organization = rename_organization(
            organization=place.organization, actor=user_of(request), **given
        )
        return Response(OrganizationSerializer(place).data)


class MembersView(ListAPIView[Membership]):
    """Who is in the organisation."""

    rights = {"GET": Right.TEAM_READ}
    serializer_class = MemberSerializer
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        return members_of(current(self.request))

    @extend_schema(operation_id="members", summary="Members")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everybody in the organisation, who came last first."""
        return super().get(request, *args, **kwargs)


class MemberView(APIView):
    rights = {"PATCH": Right.TEAM_WRITE, "DELETE": Right.TEAM_WRITE}

    @extend_schema(
        operation_id="members_change",
        summary="Change a member's role",
        request=RoleSerializer,
        responses={
            200: MemberSerializer,
            403: refusal("ROLE_NOT_ALLOWED, OWNERS_ONLY or OWN_ROLE"),
        },
    )
    def patch(self, request: Request, member_id: UUID) -> Response:
        """It holds from their next request on. None may be given that may do more than you."""
        given = checked(RoleSerializer, request.data)
        member = change_role(
            organization=current(request), member_id=member_id, actor=user_of(request), **given
        )
        return Response(MemberSerializer(member).data)

    @extend_schema(
        operation_id="members_remove",
        summary="Remove a member",
        responses={
            204: None,
            403: refusal("ROLE_NOT_ALLOWED or OWNERS_ONLY"),
            409: refusal("LAST_OWNER"),
        },
    )
    def delete(self, request: Request, member_id: UUID) -> Response:
        """The API keys that they made for this organisation are revoked."""
        remove_member(organization=current(request), member_id=member_id, actor=user_of(request))
        return Response(status=204)


class LeaveView(APIView):
    permission_classes = (IsPerson,)

    @extend_schema(
        operation_id="members_leave",
        summary="Leave the organisation",
        request=None,
        responses={204: None, 409: refusal("LAST_OWNER")},
    )
    def post(self, request: Request) -> Response:
        """The API keys that you made for it are revoked. The only owner cannot leave."""
        leave(organization=current(request), actor=user_of(request))
        return Response(status=204)


class HandOverView(APIView):
    rights = {"POST": Right.OWNERSHIP}

    @extend_schema(
        operation_id="members_hand_over",
        summary="Hand the organisation over",
        request=HandOverSerializer,
        responses={200: MemberSerializer, 409: refusal("OWNER_ALREADY")},
    )
    def post(self, request: Request) -> Response:
        """The member becomes an owner, and you an administrator."""
        heir = hand_over(
            organization=current(request),
            actor=user_of(request),
            **checked(HandOverSerializer, request.data),
        )
        return Response(MemberSerializer(heir).data)


class InvitationsView(ListAPIView[Invitation]):
    """Invitations that nobody has taken or withdrawn."""

    rights = {"GET": Right.TEAM_READ, "POST": Right.TEAM_WRITE}
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()

    def get_queryset(self) -> QuerySet[Invitation]:
        return open_invitations(current(self.request))

    @extend_schema(operation_id="invitations", summary="Open invitations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that nobody has taken or withdrawn, the expired among them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="invitations_create",
        summary="Invite somebody",
        request=NewInvitationSerializer,
        responses={
            201: InvitationSerializer,
            403: refusal("ROLE_NOT_ALLOWED, OWNERS_ONLY or EMAIL_NOT_CONFIRMED"),
            409: refusal("ALREADY_MEMBER"),
        },
    )
    def post(self, request: Request) -> Response:
        """A link goes to the address, good for seven days. Sent again, the old one ends."""
        given = checked(NewInvitationSerializer, request.data)
        invitation = invite(organization=current(request), actor=user_of(request), **given)
        return Response(InvitationSerializer(invitation).data, status=201)


class InvitationView(APIView):
    rights = {"DELETE": Right.TEAM_WRITE}

    @extend_schema(
        operation_id="invitations_revoke",
        summary="Withdraw an invitation",
        responses={204: None, 403: refusal("ROLE_NOT_ALLOWED or OWNERS_ONLY")},
    )
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Its link ends."""
        revoke_invitation(
            organization=current(request), invitation_id=invitation_id, actor=user_of(request)
        )
        return Response(status=204)


class ResendView(APIView):
    rights = {"POST": Right.TEAM_WRITE}

    @extend_schema(
        operation_id="invitations_resend",
        summary="Send an invitation again",
        request=None,
        responses={
            200: InvitationSerializer,
            403: refusal("ROLE_NOT_ALLOWED, OWNERS_ONLY or EMAIL_NOT_CONFIRMED"),
        },
    )
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """A new link for seven days; the old one ends."""
        invitation = resend_invitation(
            organization=current(request), invitation_id=invitation_id, actor=user_of(request)
        )
        return Response(InvitationSerializer(invitation).data)


class AcceptView(APIView):
    permission_classes = (IsPerson,)

    @extend_schema(
        operation_id="invitations_accept",
        summary="Accept an invitation",
        request=AcceptSerializer,
        responses={
            200: OrganizationSerializer,
            400: refusal("INVITATION_MALFORMED"),
            403: refusal("INVITATION_FOREIGN, EMAIL_NOT_CONFIRMED or KEY_NOT_ALLOWED"),
            404: refusal("INVITATION_UNKNOWN"),
            409: refusal(
                "INVITATION_USED, INVITATION_WITHDRAWN, INVITATION_EXPIRED or ALREADY_MEMBER"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """It takes an account whose confirmed address is the one that was invited."""
        place = accept_invitation(actor=user_of(request), **checked(AcceptSerializer, request.data))
        return Response(OrganizationSerializer(place).data)
