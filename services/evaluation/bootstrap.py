"""What evaluation's processes stand on."""

import services.evaluation.adapters.certificates  # noqa: F401  its documents
