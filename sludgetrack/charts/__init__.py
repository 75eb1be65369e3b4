"""Pictures of figures: pure geometry that pages draw as SVG and documents as PDF."""
