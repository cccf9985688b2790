"""The receivers: config/notifiers.go, notify/*/config.go, config/config.go.

Each table gives the fields of Alertmanager 0.20 to 0.35. ``added(28, ...)`` is a field that 0.28
was the first to have. The rules behind the fields are those of the type's UnmarshalYAML, and
those of Config.UnmarshalYAML that fill in what the global block says.
"""
