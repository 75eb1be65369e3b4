"""What pages and API show: frozen views, each limited to what the actor may see."""
