"""What can go wrong, by what is to be done about it."""


class Refused(Exception):
    """Trying again will not help: somebody has to mend a setting, an account, a file."""


class Interrupted(Exception):
    """The platform is away or not well; the client tries again by itself."""


class Gap(Exception):
    """What was missed is no longer in the stream: only a snapshot tells how things are now."""
