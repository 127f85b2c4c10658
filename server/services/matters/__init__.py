"""Problems from any source: registered, referred, answered, checked, closed; and on time."""
