# Reads `ping -D` and prints the longest silence in seconds, and the number of answers.
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
