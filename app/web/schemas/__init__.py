"""The JSON that browsers and programs exchange with us. What the engine shows as it is: engine/rows."""
