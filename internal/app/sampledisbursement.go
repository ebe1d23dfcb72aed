package app

// disbursementEvents is what the files say of this room.
func (s *sampleCity) disbursementEvents() ([]event, error) { return nil, nil }
