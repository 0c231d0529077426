"""What is monitored of AutoWeave Backend, by subject: each module declares metrics, and the rules and alerts made from them."""
