# Reads `ping -D`: how long nothing came at most, in seconds, and how many answers came in all.
/bytes from/ {
	time = substr($1, 2) + 0
	if (last && time - last > most) most = time - last
	last = time
	answers++
}
END {
	if (!answers) { print "no answer at all"; exit 1 }
	printf "%d answers; the longest silence was %.2f s\n", answers, most
}
