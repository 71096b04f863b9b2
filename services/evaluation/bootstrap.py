"""What evaluation's processes stand on."""

import services.evaluation.adapters.certificates
import services.evaluation.adapters.councils
import services.evaluation.adapters.packages
import services.evaluation.adapters.rounds  # noqa: F401  its documents
