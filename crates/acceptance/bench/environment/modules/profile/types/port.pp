# A port that a virtual host may listen on.
type Profile::Port = Integer[1, 65535]
