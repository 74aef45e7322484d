"""Ground floor: settings, reasons, profiles and plug-ins. Imports nothing of ours."""
