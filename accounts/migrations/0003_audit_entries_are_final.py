from django.db import migrations

from didshop.append_only import refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_keys_invitations_and_audit'),
    ]

    operations = [
        refuse_changes('accounts_auditentry'),
    ]
